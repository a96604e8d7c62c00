package reports

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"careshare/reports/pagetest"
)

// TestPageFitsASmallPhone lays the page out 360 px wide, which a frame can be and a window cannot: nothing may hang over.
func TestPageFitsASmallPhone(t *testing.T) {
	chromium := pagetest.Need(t, "chromium")
	for html, fits := range map[string]bool{
		page(t, hostilePack()): true,
		`<html><body><div style="width:900px">wide</div></body></html>`: false,
	} {
		folder := t.TempDir()
		quoted, err := json.Marshal(html) // it spells < otherwise, so that no tag ends the script
		if err != nil {
			t.Fatal(err)
		}
		frame := `<html><body><iframe id="f" width="360" height="900" style="border:0"></iframe><script>const f = document.getElementById("f")
			f.onload = () => { document.body.dataset.wide = f.contentDocument.documentElement.scrollWidth }
			f.srcdoc = ` + string(quoted) + `</script></body></html>`
		file := filepath.Join(folder, "frame.html")
		if err := os.WriteFile(file, []byte(frame), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+folder, "--virtual-time-budget=10000", "--dump-dom", "file://"+file).Output()
		if err != nil {
			t.Fatal(err)
		}
		var wide int
		_, measured, _ := strings.Cut(string(out), `data-wide="`)
		if _, err := fmt.Sscan(strings.SplitN(measured, `"`, 2)[0], &wide); err != nil {
			t.Fatal("the frame was not measured")
		}
		if (wide <= 360) != fits {
			t.Errorf("it is %d px wide", wide)
		}
	}
}

// TestPagePrintsItsDefinitions prints the page: what is folded on the screen is open on paper.
func TestPagePrintsItsDefinitions(t *testing.T) {
	chromium, reader, folder := pagetest.Need(t, "chromium"), pagetest.Need(t, "pdftotext"), t.TempDir()
	p := hostilePack()
	p.Sections[0].Numerator, p.Sections[0].KnownLimits = "what is counted here", "what it does not say"
	file, paper := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.pdf")
	if err := os.WriteFile(file, []byte(page(t, p)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+folder, "--print-to-pdf="+paper, "file://"+file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := exec.Command(reader, paper, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"what is counted here", "what it does not say", "Ångström", "8,000"} {
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("the paper lacks %q", want)
		}
	}
}
