// A schema to begin with: four classes whose colours stay apart for colour-blind eyes (Okabe and Ito). A file as people would write it.
export const starterSchema = JSON.stringify(
  {
    classes: [
      { name: 'person', color: '#0072b2', key: '1', shapes: ['box', 'polygon'], attributes: [{ name: 'occluded', type: 'checkbox', default: false }] },
      { name: 'vehicle', color: '#d55e00', key: '2', shapes: ['box', 'polygon'], attributes: [{ name: 'occluded', type: 'checkbox', default: false }] },
      { name: 'animal', color: '#cc79a7', key: '3', shapes: ['box', 'polygon'] },
      { name: 'object', color: '#009e73', key: '4', shapes: ['box', 'polygon'] },
    ],
  },
  null,
  2,
);
