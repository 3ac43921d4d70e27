/** Of what goes to or comes from the server. */
export default {
  speed: '{speed}/秒',
  left: '还需 {span}',
};
