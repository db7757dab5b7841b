// Words that several views share.
export const common = {
  app: 'Annotation Box Workbench',
  cancel: 'Cancel',
  close: 'Close',
  back: 'Back',
  next: 'Next',
  retry: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  dismiss: 'Dismiss',
  loading: 'Loading…',
};
