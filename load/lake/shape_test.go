package lake

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"careshare/load/agreement"
)

// staging stages one more run with other contracts or keys, and gives back what it says.
func (w *world) staging(contracts agreement.Contracts, keys map[string]KeyMark) error {
	w.Helper()
	run, err := w.lake.Begin(later)
	w.ok(err)
	defer func() { w.ok(run.End("stage")) }()
	_, err = run.Stage(w.Context(), w.db, Staging{Agreement: w.agreement, Contracts: contracts, Refined: []string{"everyone"}, Pseudonyms: keys})
	return err
}

func TestAPlantedChangeStopsTheRun(t *testing.T) {
	w := newWorld(t)
	with := func(version string, nullable bool) agreement.Contracts {
		contracts := slices.Clone(w.contracts)
		i := slices.IndexFunc(contracts, func(c agreement.Contract) bool { return c.Name == "case_status" })
		contracts[i].Version = version
		contracts[i].Columns = slices.Clone(contracts[i].Columns)
		contracts[i].Columns[0].Nullable = nullable
		return contracts
	}
	w.contracts = with("1.0", false)
	w.publish(asAt)
	w.ok(w.staging(with("1.0", false), nil))
	for _, version := range []string{"1.0", "1.1"} {
		if err := w.staging(with(version, true), nil); !errors.Is(err, agreement.ErrPromise) {
			t.Errorf("version %s with more nulls: %v", version, err)
		}
	}
	w.ok(w.staging(with("2.0", true), nil))
}

func TestAKeyIsHeldToTheLastOne(t *testing.T) {
	w := newWorld(t)
	first := map[string]KeyMark{"bi": {"1", "aa"}}
	run, err := w.lake.Begin(asAt)
	w.ok(err)
	staged, err := run.Stage(t.Context(), w.db, Staging{Agreement: w.agreement, Contracts: w.contracts, Pseudonyms: first})
	w.ok(err)
	_, err = run.Publish(t.Context(), Publication{Audiences: w.agreement.Audiences, Staged: staged})
	w.ok(err)
	w.ok(run.End(""))
	w.publish(later) // a run without a key forgets nothing
	if err := w.staging(w.contracts, map[string]KeyMark{"bi": {"1", "bb"}}); !errors.Is(err, ErrKeyChanged) {
		t.Errorf("another key under the same version: %v", err)
	}
	w.ok(w.staging(w.contracts, first))
	w.ok(w.staging(w.contracts, map[string]KeyMark{"bi": {"2", "bb"}}))
}

func TestPseudonymsOfAnUnknownKeyAreFound(t *testing.T) {
	w := newWorld(t)
	i := slices.IndexFunc(w.contracts, func(c agreement.Contract) bool { return c.Name == "conservation" })
	w.contracts[i].NeedsKey = true
	w.publish(asAt)
	found, err := Verify(t.Context(), w.lake, VerifyOptions{})
	w.ok(err)
	if len(found.Findings) != 1 || !strings.Contains(found.Findings[0].Rule, "which key made the pseudonyms of conservation") {
		t.Errorf("verify finds %v", found.Findings)
	}
}
