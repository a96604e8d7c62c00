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
		wide := width(t, chromium, html)
		if (wide <= 360) != fits {
			t.Errorf("it is %d px wide", wide)
		}
	}
}

// width is how wide a page is in a frame of 360 px.
func width(t *testing.T, chromium, html string) (wide int) {
	t.Helper()
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
	_, measured, _ := strings.Cut(string(out), `data-wide="`)
	if _, err := fmt.Sscan(strings.SplitN(measured, `"`, 2)[0], &wide); err != nil {
		t.Fatal("the frame was not measured")
	}
	return wide
}
