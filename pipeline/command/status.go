package command

import (
	"time"

	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"

	"github.com/spf13/cobra"
)

func (p *program) statusCommand() *cobra.Command {
	var maxAge time.Duration
	cmd := &cobra.Command{
		Use:     "status",
		Example: "  careshare status\n  careshare status --max-age 26h",
		Short:   "Show the current snapshot and its age",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			config, err := config.Read(p.configPath)
			if err != nil {
				return err
			}
			s, age, err := snapshot.StatusOf(&p.Console, config)
			if err != nil {
				return err
			}
			if err := p.print(s); err != nil {
				return err
			}
			return snapshot.IsFresh(s, age, maxAge)
		},
	}
	cmd.Flags().DurationVar(&maxAge, "max-age", 0, "exit with 5 if the snapshot is older than this, such as 26h")
	return cmd
}
