package pipeline

import (
	"errors"

	"github.com/spf13/cobra"
)

func (p *program) checkVerb() *cobra.Command {
	plan := ""
	verb := &cobra.Command{
		Use:   "check",
		Short: "Look at configuration, agreement, schedules, sources and space: each line ok, or what to do",
		Args:  cobra.NoArgs,
		RunE: func(verb *cobra.Command, _ []string) error {
			config, err := readConfig(p.configPath)
			if err != nil {
				return err
			}
			found := lookAt(verb.Context(), &p.Console, p.configPath, config, schedulerOf(&p.Console, p.configPath, plan))
			if err := p.print(found); err != nil {
				return err
			}
			for _, line := range found.Lines {
				if !line.OK {
					return errors.New("check: a run would fail, or leave something out")
				}
			}
			return nil
		},
	}
	verb.Flags().StringVar(&plan, "schedules", "", "the plan (default: schedules.yaml beside the configuration, where there is one)")
	return verb
}
