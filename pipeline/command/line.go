package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"careshare/schedules"
	"careshare/sql/shown"

	"github.com/spf13/cobra"
)

// CommandLine is a job's command line. A command that speaks for a moment is given the slot's, unless the plan names one.
func CommandLine(job schedules.Job, slot time.Time) ([]string, error) {
	root := (&program{}).root()
	cmd, rest, err := root.Find(job.Verb)
	if err != nil || cmd == root || within(cmd, "schedule") {
		return nil, errors.New(shown.WithoutQuotes(fmt.Sprintf("job: %q is not a command that can be scheduled", strings.Join(job.Verb, " "))))
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return nil, fmt.Errorf("job: %w", unquoted(err))
	}
	if cmd.Flags().Changed("config") {
		return nil, errors.New("job: a job has the schedule's configuration; leave --config out")
	}
	args := slices.Clone(job.Verb)
	if flag := cmd.Flags().Lookup("as-at"); flag != nil && !flag.Changed {
		args = append(args, "--as-at", slot.UTC().Format(time.RFC3339))
	}
	if flag := cmd.Flags().Lookup("period"); flag != nil && !flag.Changed && job.Period != "" {
		args = append(args, "--period", job.Period)
		if err := flag.Value.Set(job.Period); err != nil {
			return nil, fmt.Errorf("period: %w", err)
		}
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		return nil, fmt.Errorf("job: %w", unquoted(err))
	}
	return args, nil
}

func within(cmd *cobra.Command, name string) bool {
	for ; cmd != nil; cmd = cmd.Parent() {
		if cmd.Name() == name {
			return true
		}
	}
	return false
}

// unquoted is an error that quotes nothing of the plan but words.
func unquoted(err error) error {
	if said := shown.WithoutQuotes(err.Error()); said != err.Error() {
		return errors.New(said)
	}
	return err
}
