const [width, height, framesPerSecond] = [320, 180, 15];
const blocks = 40;

/** A picture that moves all over, so that it cannot be sent in a few bytes; it shows nothing and nobody. */
export function openTestPicture(): { track: MediaStreamTrack; close(): void } {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks();
  if (!context || !track) throw new Error('This browser sends no drawn picture.');
  const draw = (): void => {
    for (let turn = 0; turn < blocks; turn += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
      context.fillRect(Math.random() * width, Math.random() * height, width / 8, height / 8);
    }
  };
  draw();
  const timer = setInterval(draw, 1000 / framesPerSecond);
  return {
    track,
    close() {
      clearInterval(timer);
      track.stop();
    },
  };
}
