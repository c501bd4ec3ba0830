/**
 * Once a frame, whatever the rate of events: any number of requests before the next frame lead to
 * one run of the task.
 */
export function oncePerFrame(
  task: () => void,
  nextFrame: (callback: () => void) => unknown = requestAnimationFrame,
): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    nextFrame(() => {
      waiting = false;
      task();
    });
  };
}
