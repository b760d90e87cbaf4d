// Package sandbox is a local WeChat for people who have no AppID yet, and the
// only WeChat our own tests ever talk to.
//
// It speaks the wire of api.weixin.qq.com for the calls Jinlin makes, and it is
// strict: whatever the real host would refuse is refused here, with the same
// errcode. Its own control plane under /_sandbox/ plays the parts nobody can
// play from a server: the resident who opens the mini-program, taps accept on
// the subscribe dialog or withdraws a consent, and the platform that ages,
// slows down or loses an answer. A plain page on / shows what each persona
// received.
//
// The rules it keeps:
//
//   - A persona is a person's name in the sandbox. Its openid is a function of
//     that name, so seeds can be written down before the sandbox has ever run.
//     A persona nobody mentioned before becomes a new WeChat user.
//   - A code works once, for its own purpose, for five minutes.
//   - The two families of access tokens do not disturb each other. A replaced
//     token lives five minutes more, except after a forced refresh or a
//     rotation, which kill it at once.
//   - A subscribe message needs a grant. A one-time grant is taken by the send
//     that succeeds and by nothing else; a long-term grant stays.
//   - The text and image checks answer only for people who visited within two
//     hours. A login is a visit.
//   - What WeChat would remember is on disk before the caller hears of it:
//     users, visits, grants, messages, templates, image checks, drafts,
//     publications and mass sends survive kill -9. What WeChat may forget is in
//     memory: tokens, login codes, quotas, faults and the clock's offset.
//   - Faults fire by a seeded generator of their own, so that the same requests
//     in the same order meet the same faults.
//
// Where the public documentation leaves a choice, the sandbox takes the harsher
// reading: code that passes here should not fail there.
package sandbox
