import { SegscapeError } from '@segscape/core';
import type { Command } from 'commander';
import { quoted } from './shell-text.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** The command line as shells are told of it. */
interface Described {
  readonly name: string;
  readonly what: string;
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly what: string;
    readonly takes: boolean;
  }[];
}

/** Reads commands and options off the program itself, so that nothing is listed twice. */
const described = (program: Command): Described[] =>
  program.commands.map((command) => ({
    name: command.name(),
    what: command.description(),
    options: command.options.map(({ short, long, description, required, optional }) => ({
      flags: [short, long].filter((flag) => flag !== undefined),
      what: description,
      takes: required || optional,
    })),
  }));

const flagsOf = ({ options }: Described) => [...options.flatMap(({ flags }) => flags), '--help'].join(' ');
/** In single quotes, which every shell takes as they are. */

const bash = (commands: readonly Described[]) => `_segscape() {
  local words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words=${quoted([...commands.map(({ name }) => name), '--help', '--version'].join(' '))}
  else
    case "\${COMP_WORDS[1]}" in
${commands.map((command) => `      ${command.name}) words=${quoted(flagsOf(command))} ;;`).join('\n')}
      *) words='' ;;
    esac
  fi
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD]}" in
    -*) ;;
    *) if [ "$COMP_CWORD" -gt 1 ]; then return; fi ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _segscape segscape
`;

/** Brackets and colons part what \`_arguments\` reads. */
const zshText = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');

const zsh = (commands: readonly Described[]) => `#compdef segscape
_segscape() {
  local -a commands=(
${commands.map(({ name, what }) => `    ${quoted(`${name}:${zshText(what)}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${commands
  .map(
    ({ name, options }) => `    ${name})
      _arguments \\
${options
  .flatMap(({ flags, what, takes }) =>
    flags.map((flag) => `        ${quoted(`*${flag}[${zshText(what)}]${takes ? ':value:_files' : ''}`)} \\`),
  )
  .join('\n')}
        '*:file:_files'
      ;;`,
  )
  .join('\n')}
  esac
}
compdef _segscape segscape
`;

const fish = (commands: readonly Described[]) =>
  `${commands
    .flatMap(({ name, what, options }) => [
      `complete -c segscape -n __fish_use_subcommand -a ${name} -d ${quoted(what)}`,
      ...options.map(({ flags, what: said, takes }) => {
        const long = flags.find((flag) => flag.startsWith('--'))!.slice(2);
        return `complete -c segscape -n '__fish_seen_subcommand_from ${name}' -l ${long}${takes ? ' -r' : ''} -d ${quoted(said)}`;
      }),
    ])
    .join('\n')}\n`;

const written: Record<Shell, (commands: readonly Described[]) => string> = { bash, zsh, fish };

/** The script that completes this command line in a shell. @throws {SegscapeError} `BAD_OPTION` for another shell. */
export function completion(shell: string, program: Command): string {
  const known = shells.find((name) => name === shell);
  if (known === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `completion: the shell '${shell}' is not known. Known: ${shells.join(', ')}.`,
      { details: { value: shell } },
    );
  return written[known](described(program));
}
