import type zh from '../zh-CN/errors.ts';

const errors: typeof zh = {
  offline: 'Can’t reach the server. Check your connection and try again.',
  unavailable: 'The server isn’t responding right now. Try again shortly.',
  bad_request: 'Something was wrong with the request. Reload the page and try again.',
  fields_marked: 'Some details aren’t right. Check the marked fields.',
  invalid_input: 'Some details aren’t right. Check them and try again.',
  not_signed_in: 'Please sign in first.',
  sign_in_failed: 'Wrong account or password.',
  set_up_token_wrong:
    'This setup link is wrong or no longer valid. Use the one the server printed when it last started.',
  enrolment_code_wrong: 'This enrolment link is wrong or has expired. Ask the operator for a new one.',
  authorization_pending: 'No one has confirmed yet.',
  slow_down: 'Too many requests. Wait a moment.',
  access_denied: 'This setup request was refused.',
  expired_token: 'The code has expired.',
  user_code_unknown:
    'Code not found. It may be mistyped, expired or already dealt with. Check the code the screen shows now.',
  last_admin: 'At least one active administrator must remain.',
  lead_taken: 'This alliance already has a lead school. Make that school a member first.',
  password_wrong: 'The current password is wrong.',
  password_too_weak: 'This password is too easy to guess. Use a longer one that doesn’t contain the account name.',
  forbidden: 'Your account doesn’t have permission to do this.',
  cross_site_request: 'The request came from another site and was blocked. Use the pages of this site.',
  not_found: 'Not found. It may have been moved, or it isn’t shared with you.',
  method_not_allowed: 'The server doesn’t support this operation.',
  conflict: 'Someone else has just changed this. Reload and try again.',
  already_set_up: 'The platform is already set up. Just sign in.',
  login_taken: 'This account name is already taken.',
  phone_taken: 'This phone number belongs to another account.',
  name_taken: 'This name is already taken.',
  file_infected:
    'This file contains a virus. It’s quarantined and can’t be previewed or downloaded. If you uploaded it, delete it, clean your computer and upload a clean copy.',
  file_unscannable:
    'The virus scanner can’t read this file, so it can’t be previewed or downloaded for now. Tell the administrator, or save a copy and upload that.',
  file_not_scanned: 'This file hasn’t been scanned for viruses yet. Try again later.',
  file_in_use: 'A resource uses this file, so it can’t be deleted.',
  captions_full: 'This file can’t have any more captions. Delete some you don’t need.',
  limit_reached: 'There can’t be any more of these. Delete some you don’t need.',
  not_a_recording: 'This resource isn’t a class recording, so it has no retention period.',
  captions_unreadable: 'The captions file can’t be read. Use a .vtt or .srt file.',
  session_not_live: 'The lesson hasn’t started or is over.',
  invitation_invalid: 'This code is no longer valid. Scan the one on the classroom screen again.',
  session_already_over: 'The lesson is over.',
  session_not_scheduled: 'You can only do this before the lesson starts.',
  term_overlaps: 'These dates belong to another term. Change the first or last day.',
  revision_outdated: 'There’s a newer revision. Reload before you edit.',
  browser_unsupported: 'Lessons don’t work in this browser. Use Chrome or Edge 105 or newer.',
  file_gone: 'The file has changed or can no longer be read. Choose it again.',
  no_room_here: 'The browser has run out of space on this computer. Free some, then resume.',
  download_elsewhere: 'This file is being downloaded in another window.',
  file_detached: 'A file is not finished. Choose it again first, or remove it.',
  upload_removed: 'All files were removed, so there’s nothing to publish.',
  upload_too_large: 'The file is over the size limit.',
  body_too_large: 'What you submitted is too large.',
  type_not_allowed: 'This file type isn’t supported.',
  range_not_satisfiable: 'The requested range is outside the file.',
  account_locked:
    'Too many wrong passwords. The account is locked for now. Try again later, or ask the administrator to reset the password.',
  too_many_attempts: 'Too many attempts. Try again in a while.',
  internal: 'Something went wrong on the server and has been logged. Try again later.',
  storage_unavailable: 'Storage is temporarily unavailable. Files will be back shortly.',
  classroom_unavailable: 'The classroom service is temporarily unavailable. Try again shortly.',
  no_space: 'The server is out of storage. Contact the operator.',
  quota_exceeded:
    'Your school has used up its storage. Delete resources you don’t need, or ask the administrator for more.',
  table_unreadable: 'The table can’t be read. Check its header and encoding.',
  table_header_missing:
    'No header found. One of the first rows must name the columns: stage (学段) and subject (学科) in a catalog, name (姓名) in a staff list. Compare it with the template.',
  table_empty: 'There’s nothing below the header row.',
  table_too_large: 'The table is too large. Split it up, or save it as CSV and import that.',
  upload_offset_wrong: 'The upload is out of step with the server. Resume it.',
  upload_gone: 'This upload has expired. Upload the file again.',
  tus_version_wrong: 'This upload method isn’t supported. Reload the page and try again.',
  upload_locked: 'This file is being uploaded from somewhere else. Wait a moment.',
  file_too_complex:
    'The file is too large or complex to preview. Download the original, or split it up and upload it again.',
  file_suspicious:
    'This file is built in an unusual way and may be harmful, so the server didn’t open it. Only download it if you trust the source.',
  preview_unavailable: 'The server can’t preview this type of file right now. You can download the original.',
  preview_failed:
    'The preview couldn’t be created. The file may be damaged. Download it and try Word, WPS or the like; if it opens, save a copy and upload that.',
  file_encrypted:
    'This file is password-protected and can’t be previewed. Anyone with the password can download and open it. To let everyone see it, upload a copy without the password.',
  checksum_mismatch: 'The file doesn’t match what was uploaded. Upload it again.',
};

export default errors;
