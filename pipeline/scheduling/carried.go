package scheduling

import (
	"fmt"
	"io"
	"time"

	"careshare/pipeline/spool"
	"careshare/schedules"
)

// Carried is what a pass wrote into the ledger, and what it handed over.
type Carried struct {
	Entries []schedules.Entry `json:"entries"`
	spool.HandedOver
}

func (c Carried) Text(w io.Writer) {
	for _, e := range c.Entries {
		switch {
		case e.Slot.IsZero(), e.State == schedules.Claimed, e.State == schedules.Due && e.Reason == "":
			continue
		}
		fmt.Fprintf(w, "%s  %-16s %s%s\n", e.Slot.Format(time.RFC3339), e.Job, e.State, spool.Because(e.Reason, e.RetryAt))
	}
	c.HandedOver.Text(w)
}
