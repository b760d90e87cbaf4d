package account

import "strings"

// Client is what a session was opened with, as its owner would call it: the program and the
// system, as in "微信 · iPhone". The rest of the User-Agent header is not kept.
func Client(userAgent string) string {
	program, system := firstOf(userAgent, programs), firstOf(userAgent, systems)
	switch {
	case program == "" && system == "":
		return "其他客户端"
	case program == "":
		return system
	case system == "":
		return program
	}
	return program + " · " + system
}

type mark struct{ in, name string }

// The order counts: browsers carry the names of those they imitate.
var (
	programs = []mark{
		{"wechatdevtools", "微信开发者工具"},
		{"MicroMessenger", "微信"},
		{"QQBrowser", "QQ浏览器"},
		{"QIHU", "360浏览器"},
		{"360SE", "360浏览器"},
		{"Edg", "Edge"},
		{"Firefox", "Firefox"},
		{"Chrome", "Chrome"},
		{"Safari", "Safari"},
	}
	systems = []mark{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"HarmonyOS", "鸿蒙"},
		{"OpenHarmony", "鸿蒙"},
		{"Android", "安卓"},
		{"Windows", "Windows"},
		{"Macintosh", "Mac"},
		{"Linux", "Linux"},
	}
)

func firstOf(userAgent string, marks []mark) string {
	for _, m := range marks {
		if strings.Contains(userAgent, m.in) {
			return m.name
		}
	}
	return ""
}
