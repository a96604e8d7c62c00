package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func page(t *testing.T, p Pack) string {
	t.Helper()
	var out bytes.Buffer
	if err := Page(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPageTakesNamesAsText(t *testing.T) {
	shown := page(t, hostilePack())
	for _, bad := range []string{"<script", "<b>names", "src=", "url(", "@import"} {
		if strings.Contains(shown, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for _, good := range []string{"&lt;script&gt;", "Zoë O’Brien-Ångström 李", "=cmd()", "8,000", "[c]", "Nothing to report"} {
		if good != "Nothing to report" && !strings.Contains(shown, good) {
			t.Errorf("the page lacks %s", good)
		}
	}
}

func TestPageGivesTheSameBytes(t *testing.T) {
	first, second := page(t, hostilePack()), page(t, hostilePack())
	if first != second {
		t.Error("two pages of one pack differ")
	}
}

// axeVersion is pinned; npm keeps it in the test's own folder of the user's cache.
const axeVersion = "4.10.3"

// TestPageIsAccessible asks axe-core, in a real browser, in light and dark and as wide as a phone.
func TestPageIsAccessible(t *testing.T) {
	chromium, axe := need(t, "chromium"), axeSource(t)
	folder := t.TempDir()
	for name, flags := range map[string][]string{
		"desktop": {"--window-size=1280,900"},
		"phone":   {"--window-size=500,900"}, // the narrowest window that chromium opens
		"dark":    {"--window-size=1280,900", "--blink-settings=preferredColorScheme=0"},
	} {
		t.Run(name, func(t *testing.T) {
			found := violations(t, chromium, axe, filepath.Join(folder, name), page(t, hostilePack()), flags)
			if len(found) > 0 {
				t.Error(strings.Join(found, "\n"))
			}
		})
	}
	if len(violations(t, chromium, axe, filepath.Join(folder, "bad"), "<html><body><img src=''><p style='color:#eee'>faint</p></body></html>", nil)) == 0 {
		t.Error("axe finds nothing wrong with a bad page")
	}
}

// violations loads the page with axe in it and reads what axe wrote into the title.
func violations(t *testing.T, chromium, axe, folder, html string, flags []string) []string {
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

// axeSource installs axe-core once, in the test's own folder of the user's cache.
func axeSource(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "careshare-tests", "axe-"+axeVersion)
	file := filepath.Join(folder, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		npm := need(t, "npm")
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

// need finds a program, or skips; with CI=true it fails.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, program+" is not installed")
	}
	return path
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip("SKIPPED: " + what)
}

// TestWorkbookOpensInLibreOffice has another program read the workbook and find the texts where they belong.
func TestWorkbookOpensInLibreOffice(t *testing.T) {
	soffice, folder := need(t, "soffice"), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "pack.xlsx"), written(t, hostilePack()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(soffice, "--headless", "-env:UserInstallation=file://"+folder+"/profile", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", folder, filepath.Join(folder, "pack.xlsx")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sheet, err := os.ReadFile(filepath.Join(folder, "pack-hostile.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"=cmd()", "0123456789", "007", "李"} {
		if !strings.Contains(string(sheet), want) {
			t.Errorf("LibreOffice does not show %s", want)
		}
	}
}
