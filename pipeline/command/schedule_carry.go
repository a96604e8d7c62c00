package command

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"careshare/schedules"

	"github.com/spf13/cobra"
)

// Command is a job's command line. A verb that speaks for a moment is given the slot's, unless the plan names one.
func Command(job schedules.Job, slot time.Time) ([]string, error) {
	root := (&program{}).root()
	verb, rest, err := root.Find(job.Verb)
	if err != nil || verb == root || within(verb, "schedule") {
		return nil, fmt.Errorf("job: %q is no verb that can be scheduled", strings.Join(job.Verb, " "))
	}
	if err := verb.ParseFlags(rest); err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	args := slices.Clone(job.Verb)
	if flag := verb.Flags().Lookup("as-at"); flag != nil && !flag.Changed {
		args = append(args, "--as-at", slot.UTC().Format(time.RFC3339))
	}
	if flag := verb.Flags().Lookup("period"); flag != nil && !flag.Changed && job.Period != "" {
		args = append(args, "--period", job.Period)
		if err := flag.Value.Set(job.Period); err != nil {
			return nil, fmt.Errorf("period: %w", err)
		}
	}
	if err := verb.ValidateArgs(verb.Flags().Args()); err != nil {
		return nil, fmt.Errorf("job: %w", err)
	}
	return args, nil
}

func within(verb *cobra.Command, name string) bool {
	for ; verb != nil; verb = verb.Parent() {
		if verb.Name() == name {
			return true
		}
	}
	return false
}
