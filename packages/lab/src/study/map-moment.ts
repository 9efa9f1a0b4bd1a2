/** What surfaces over the planes of whole trainings are called together. */
export const mapMoment = 'paths of the trainings';
