# Reads `go test -json`, prints what plain `go test` would, and ends with "N passed, M failed".
#
# A test that skips itself counts as failed, because it would pass just where it is needed most; so
# does a package that fails outside of any test. Exits 1 unless everything passed and something ran.

# The value of a string field. In the encoder's output a quote inside a value follows a backslash.
function field(name,    start, rest, end) {
    start = index($0, "\"" name "\":\"")
    if (!start) return ""
    rest = substr($0, start + length(name) + 4)
    gsub(/\\\\/, "\001", rest)
    gsub(/\\"/, "\002", rest)
    end = index(rest, "\"")
    return unescape(substr(rest, 1, end - 1))
}

function unescape(text) {
    gsub(/\\n/, "\n", text)
    gsub(/\\t/, "\t", text)
    gsub(/\\r/, "", text)
    gsub(/\\u003c/, "<", text)
    gsub(/\\u003e/, ">", text)
    gsub(/\\u0026/, "\\&", text)
    gsub(/\\u001b/, "", text)
    gsub(/\002/, "\"", text)
    gsub(/\001/, "\\", text)
    return text
}

# What plain `go test` keeps to itself: a test's life unless it failed, and PASS before each ok.
function noise(text) {
    return text ~ /^=== (RUN|PAUSE|CONT|NAME)/ || text == "PASS\n"
}

function keep(package, test, text) {
    if (noise(text)) return
    if (test == "") { printf "%s", text; fflush(); return }
    if (!((package, test) in kept)) unfinished[package] = unfinished[package] test "\n"
    kept[package, test] = kept[package, test] text
}

function show(package, test) {
    printf "%s", kept[package, test]
    delete kept[package, test]
}

# A process that died says so in the name of the test that was running.
function show_unfinished(package,    tests, count, i) {
    count = split(unfinished[package], tests, "\n")
    for (i = 1; i <= count; i++) if ((package, tests[i]) in kept) show(package, tests[i])
}

{ action = field("Action"); package = field("Package"); test = field("Test") }

action == "output" { keep(package, test, field("Output")) }
action == "build-output" { printf "%s", field("Output") }
action == "pass" && test != "" { passed++; delete kept[package, test] }
action == "fail" && test != "" { failed++; failed_in[package] = 1; show(package, test) }
action == "skip" && test != "" {
    failed++
    show(package, test)
    printf "skipped, which no test here may do: %s %s\n", package, test
}
action == "fail" && test == "" {
    show_unfinished(package)
    if (!(package in failed_in)) failed++
}
action == "" { print }

END {
    printf "%d passed, %d failed\n", passed, failed
    exit failed > 0 || passed == 0
}
