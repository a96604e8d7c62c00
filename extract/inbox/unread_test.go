package inbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestUnread(t *testing.T) {
	folder := t.TempDir()
	takes := func(path string) bool { return strings.HasSuffix(path, ".xml") }
	write := func(name string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if unread, err := Unread(filepath.Join(folder, "absent"), takes); unread != nil || err != nil {
		t.Errorf("absent: %v, %v", unread, err)
	}
	write("new/a.xml.gz")
	if _, err := Unread(folder, takes); err == nil || !strings.Contains(err.Error(), "none that is read") {
		t.Errorf("nothing that is read: %v", err)
	}
	write("A.XML")
	write(".b.tmp")
	unread, err := Unread(folder, takes)
	if err != nil || !slices.Equal(unread, []string{filepath.Join("new", "a.xml.gz")}) {
		t.Errorf("%v, %v", unread, err)
	}
}
