package scheduling

import (
	"cmp"
	"errors"
	"fmt"

	"careshare/load/fault"
	"careshare/pipeline/exit"
	"careshare/pipeline/spool"
	"careshare/reports"
	"careshare/schedules"
)

// VerdictOf is of a pass: what did not arrive is a failure, as an attempt is that failed; rows that were quarantined are not.
func VerdictOf(h spool.HandedOver, entries []schedules.Entry) error {
	slots, reports := Verdict(entries), h.Failure()
	if reports == nil || errors.Is(slots, exit.ErrQuarantined) {
		return cmp.Or(reports, slots)
	}
	return errors.Join(slots, reports)
}

// Verdict is what the exit code of a pass switches on: any attempt that failed, else any rows that were quarantined.
func Verdict(entries []schedules.Entry) error {
	failed, quarantined := 0, false
	for _, e := range entries {
		if e.State == schedules.Failed {
			failed++
		}
		quarantined = quarantined || e.State == schedules.Done && e.Reason == exit.ErrQuarantined.Error()
	}
	switch {
	case failed > 0:
		return fault.WithHint(fmt.Errorf("schedule: %s failed", reports.Counted(failed, "attempt")), "careshare schedule history tells which, and what is tried again")
	case quarantined:
		return exit.ErrQuarantined
	}
	return nil
}
