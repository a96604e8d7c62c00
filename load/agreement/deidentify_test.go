package agreement

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	models "careshare/sql"
)

// TestTermsThatWouldTellTooMuchAreRefused spoils the template, one term at a time.
func TestTermsThatWouldTellTooMuchAreRefused(t *testing.T) {
	contracts, err := ReadContracts(models.Files)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "agreement.yaml")
	for _, c := range []struct{ from, to, want string }{
		{"    k: 8 ", "    k: 1 ", "k must be at least 2"},
		{"    dates: month ", "    dates: day ", "dates must be month"},
		{"    postcodes: district ", "    postcodes: whole ", "postcodes must be area"},
		{"[0, 5, 11,", "[5, 0, 11,", "age_bands must rise"},
		{"    history_months: 24", "    history_months: 0", "must be at least 1"},
		{"  - name: dim_person\n    audience: bi", "  - name: dim_person\n    audience: audit", "dataset dim_person: audience audit is not among those of its contract"},
		{"    secondary_use: true", "    secondary_use: false", "secondary_use must be true"},
		{"de_identification:\n  bi:", "de_identification:\n  by:", "audience by is not among audiences"},
	} {
		spoilt := strings.Replace(Template, c.from, c.to, 1)
		if spoilt == Template {
			t.Fatalf("the template does not hold %q", c.from)
		}
		if err := os.WriteFile(path, []byte(spoilt), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path, contracts); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.to, err, c.want)
		}
	}
}
