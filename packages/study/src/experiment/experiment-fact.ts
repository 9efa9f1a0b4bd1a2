export type {
  ExperimentFact,
  ExperimentPictureFact as ExperimentPicture,
  FollowedFact,
} from '@segscape/report';
