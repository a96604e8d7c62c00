package pipeline

import (
	"fmt"
	"io"
	"time"

	"careshare/schedules"
)

// carried is what a pass wrote into the ledger, and what it handed over.
type carried struct {
	Entries []schedules.Entry `json:"entries"`
	handedOver
}

func (c carried) Text(w io.Writer) {
	for _, e := range c.Entries {
		switch {
		case e.Slot.IsZero(), e.State == schedules.Claimed, e.State == schedules.Due && e.Reason == "":
			continue
		}
		fmt.Fprintf(w, "%s  %-16s %s%s\n", e.Slot.Format(time.RFC3339), e.Job, e.State, because(e.Reason, e.RetryAt))
	}
	c.handedOver.Text(w)
}

func because(reason string, retryAt time.Time) (text string) {
	if reason != "" {
		text = ": " + reason
	}
	if !retryAt.IsZero() {
		text += ", again at " + retryAt.Format(time.RFC3339)
	}
	return text
}
