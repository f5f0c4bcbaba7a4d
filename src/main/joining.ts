/** Joins the page of a window with the service, whichever of them is there last; each in its turn may come again. */
export type Joining = {
  /** The page was loaded, once more perhaps: it has no way to the service yet. */
  pageLoaded(): void;
  serviceUp(): void;
};

/**
 * `join` gives the page a new way to the service, or nothing while the service is down. Whether the page was loaded is kept here: a window says
 * that it still loads for a while after its page has told that it is there, and a service that came up just then would be forgotten.
 */
export const createJoining = (join: () => { end(): void } | null): Joining => {
  let isLoaded = false;
  let joined: { end(): void } | null = null;
  const joinAnew = (): void => {
    joined?.end();
    joined = join();
  };
  return {
    pageLoaded() {
      isLoaded = true;
      joinAnew();
    },
    serviceUp() {
      if (isLoaded) joinAnew();
    },
  };
};
