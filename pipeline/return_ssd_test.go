package pipeline

import (
	"fmt"
	"path/filepath"
	"testing"
)

// The Standard Safeguarding Dataset has the rows of the 903 and of the census, in a borough without mistakes and in an untidy one; its CSV
// files have the rows of its tables. That the check can fail is shown by its cases.
func TestSafeguardingDatasetAgreesWithTheReturns(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]world{"clean": clean(t), "untidy": demo(t)} {
		ran := false
		for _, check := range w.manifest(t).Checks {
			if check.Name == "ssd_disagrees_with_returns" {
				ran = true
				if check.Bad != 0 {
					t.Errorf("%s: %d rows differ", name, check.Bad)
				}
			}
		}
		if !ran {
			t.Errorf("%s: the check did not run", name)
		}
		for _, table := range []string{"ssd_person", "ssd_disability", "ssd_cin_episodes", "ssd_cin_assessments", "ssd_s47_enquiry", "ssd_cp_plans", "ssd_cla_episodes"} {
			held := w.query(t, fmt.Sprintf("select count(*) from read_parquet(%s)", w.trusted("returns", table)))[0][0]
			written := w.query(t, fmt.Sprintf("select count(*) from read_csv('%s', all_varchar = true, header = true)",
				filepath.Join(w.current(), "reports", "returns", "ssd", table+".csv")))[0][0]
			if held != written || held == "0" {
				t.Errorf("%s: %s has %s rows, its file %s", name, table, held, written)
			}
		}
	}
}
