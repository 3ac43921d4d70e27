import type zh from '../zh-CN/transfer.ts';

const transfer: typeof zh = {
  speed: '{speed}/s',
  left: '{span} left',
};

export default transfer;
