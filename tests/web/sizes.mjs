// The windows that the page is looked at in.
export const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
