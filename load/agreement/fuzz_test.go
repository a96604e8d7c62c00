package agreement

import (
	"os"
	"path/filepath"
	"testing"
)

func FuzzAgreement(f *testing.F) {
	whole, err := os.ReadFile("../testdata/agreement.yaml")
	if err != nil {
		f.Fatal(err)
	}
	contracts, err := ReadContracts(os.DirFS("../testdata"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte("datasets:\n  - name: *x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "agreement.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := Read(path, contracts); err == nil && (a.Version == "" || a.ReviewOn == "") {
			t.Error("an agreement without version or review date was taken")
		}
	})
}
