// Package pagetest asks axe-core, in a real browser, whether a page is accessible.
package pagetest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// axeVersion is pinned; npm keeps it in the test's own folder of the user's cache.
const axeVersion = "4.10.3"

// Violations loads the page with axe in it and reads what axe wrote into the title.
func Violations(t testing.TB, chromium, axe, folder, html string, flags []string) []string {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	html = strings.Replace(html, `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`, "", 1)
	html = strings.Replace(html, "</body>", "<script>"+axe+`</script><script>
		document.querySelectorAll("details").forEach(d => d.open = true)
		axe.run().then(r => { const p = document.createElement("pre"); p.id = "axe"
			p.textContent = "AXE" + JSON.stringify(r.violations.map(v => v.id + ": " + v.help + " " + v.nodes.map(n => n.target).join(" "))) + "END"
			document.body.append(p) })</script></body>`, 1)
	file := filepath.Join(folder, "page.html")
	if err := os.WriteFile(file, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + folder, "--virtual-time-budget=30000", "--dump-dom"}, flags...)
	out, err := exec.Command(chromium, append(args, "file://"+file)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(out), `<pre id="axe">AXE`)
	if !found {
		t.Fatal("axe said nothing")
	}
	said, _, _ := strings.Cut(rest, "END")
	var list []string
	if err := json.Unmarshal([]byte(said), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// Axe installs axe-core once, in the test's own folder of the user's cache.
func Axe(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "careshare-tests", "axe-"+axeVersion)
	file := filepath.Join(folder, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		npm := Need(t, "npm")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(npm, "install", "--silent", "--no-save", "--ignore-scripts", "--prefix", folder, "axe-core@"+axeVersion).CombinedOutput(); err != nil {
			missing(t, "axe-core cannot be installed: "+string(out))
		}
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// Need finds a program, or skips; with CI=true it fails.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, program+" is not installed")
	}
	return path
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip("SKIPPED: " + what)
}
