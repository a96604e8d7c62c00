package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/load/agreement"
)

// No group under pseudonyms may be smaller than the smallest number that the reports show.
func TestAGroupIsNoSmallerThanWhatReportsShow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "agreement.yaml")
	if err := os.WriteFile(path, []byte(agreement.Template), 0o600); err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(agreement.Template, "\n    k: 8 ")
	place := fmt.Sprintf("read agreement.yaml:%d: de_identification.bi.k: is ", strings.Count(before, "\n")+2)
	for _, c := range []struct {
		smallNumbers string
		k            int
		refused      bool
	}{{"hes", 7, true}, {"hes", 8, false}, {"opensafely", 7, true}, {"opensafely", 8, false}, {"nhs_mental_health", 4, true}, {"nhs_mental_health", 5, false}} {
		config := Config{Agreement: path, Reports: Reports{SmallNumbers: c.smallNumbers}}
		err := config.hidesAsMuch(agreement.Agreement{DeIdentification: map[string]agreement.DeIdentification{"bi": {K: c.k}}})
		if (err != nil) != c.refused || err != nil && !strings.HasPrefix(err.Error(), place) {
			t.Errorf("%s with k = %d: %v", c.smallNumbers, c.k, err)
		}
	}
}
