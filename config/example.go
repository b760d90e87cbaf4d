package config

import (
	"fmt"
	"strings"
)

// Example is the content of .env.example: every setting with its help and default.
func Example() string {
	var b strings.Builder
	b.WriteString("# Every setting of Jinlin. Nothing here is needed for development.\n" +
		"# Each variable may also be given as NAME_FILE, the path of a file with the value.\n")
	for _, s := range Settings() {
		fmt.Fprintf(&b, "\n# %s\n", s.Help)
		switch s.Production {
		case "":
		case "required":
			b.WriteString("# Required in production.\n")
		default:
			fmt.Fprintf(&b, "# Always %s in production.\n", s.Production)
		}
		fmt.Fprintf(&b, "#%s=%s\n", s.Env, s.Default)
	}
	return b.String()
}
