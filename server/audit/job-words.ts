import type { ExportLanguage } from './schema.ts';

/** Work of the queue by its name, with `_` for what is no letter; the words of the pages. */
export const jobs: Record<ExportLanguage, Readonly<Record<string, string>>> = {
  'zh-CN': {
    audit_expire: '清理到期的审计记录',
    sign_ins_clean: '清理过期的登录',
    recording_finish: '整理课堂实录',
    recording_conclude: '收尾课堂实录',
    recording_clean: '清理录像的临时文件',
    resource_remove: '彻底删除资源',
    file_process: '生成文件预览',
    media_render: '转换音视频',
    media_backfill: '补做旧音视频的转换',
    file_erase: '删除文件',
    files_resume_scans: '找出还在等查毒的文件',
    files_catch_up: '补做旧文件的预览',
    files_sweep: '清理没有用到的文件',
    uploads_sweep: '清理没有传完的文件',
  },
  en: {
    audit_expire: 'Remove expired audit events',
    sign_ins_clean: 'Remove expired sign-ins',
    recording_finish: 'Finish a recording',
    recording_conclude: 'Conclude a recording',
    recording_clean: 'Clean up a recording’s temporary files',
    resource_remove: 'Delete a resource for good',
    file_process: 'Create previews of a file',
    media_render: 'Convert audio or video',
    media_backfill: 'Catch up on converting older audio and video',
    file_erase: 'Delete a file',
    files_resume_scans: 'Find files still waiting for the virus scanner',
    files_catch_up: 'Catch up on previews of older files',
    files_sweep: 'Clean up unused files',
    uploads_sweep: 'Clean up unfinished uploads',
  },
};
