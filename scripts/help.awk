# Lists a Makefile's targets with their `## explanation`, under the `##@ Heading` above them.
BEGIN { FS = ":.*## " }
/^##@ / { printf "\n%s\n", substr($0, 5) }
/^[a-z-]+:.*## / && $1 != "help" { printf "  make %-10s %s\n", $1, $2 }
