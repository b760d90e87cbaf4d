package wechat

import "jinlin/model/fault"

// What a person sees when something with WeChat does not work.
var (
	ErrCodeInvalid = fault.Define(fault.Unauthenticated, "wechat_code_invalid",
		"微信登录凭证已失效，请重新登录。", "This WeChat sign-in code is not valid any more. Please sign in again.")
	ErrCodeUsed = fault.Define(fault.Unauthenticated, "wechat_code_used",
		"微信登录凭证已经用过，请重新登录。", "This WeChat sign-in code was already used. Please sign in again.")
	ErrLoginBlocked = fault.Define(fault.Forbidden, "wechat_login_blocked",
		"微信认为该账号存在风险，暂时不能登录。", "WeChat considers this account a risk and does not let it sign in.")
	ErrPhoneCodeInvalid = fault.Define(fault.Invalid, "wechat_phone_code_invalid",
		"手机号授权已失效，请重新点击按钮授权。", "This phone number permission is not valid any more. Please tap the button again.")
	ErrUnavailable = fault.Define(fault.Unavailable, "wechat_unavailable",
		"微信服务暂时没有响应，请稍后再试。", "WeChat does not answer at the moment. Please try again shortly.")
	ErrPushRefused = fault.Define(fault.Forbidden, "wechat_push_refused",
		"消息推送的签名不正确。", "The signature of this push is not right.")
	ErrPushUnreadable = fault.Define(fault.Invalid, "wechat_push_unreadable",
		"消息推送的内容无法读取。", "The content of this push cannot be read.")
)
