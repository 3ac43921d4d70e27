export default {
  menu: '账号菜单',
  language: '语言',
  theme: { title: '外观', system: '随系统', light: '浅色', dark: '深色' },
  signOutWords: '还有文件没有传完或没有发布。退出后上传会停下，换了别的账号登录就不再继续。',
  signOut: '退出登录',
  signIn: {
    title: '登录',
    lead: '一堂好课，多间教室。',
    login: '账号或手机号',
    password: '密码',
    submit: '登录',
    forgot: '忘记密码？请本校电教员或校长重设。',
    room: '这是教室终端？用登记链接打开即可，不需要密码。',
  },
  password: {
    title: '修改密码',
    current: '现在的密码',
    next: '新密码',
    hint: '至少 10 个字符，可以是一句自己记得住的话。',
    tooShort: '新密码至少 10 个字符。',
    changed: '密码已修改。',
  },
};
