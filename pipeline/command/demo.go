package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/load/disk"
	"careshare/load/lake"
	"careshare/pipeline/borough"
	"careshare/pipeline/config"
	"careshare/pipeline/exit"

	"github.com/spf13/cobra"
)

func (p *program) demoCommand() *cobra.Command {
	options := borough.Options{AsAt: borough.DefaultAsAt(), Errors: true}
	var to string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Make a synthetic borough, run the pipeline on it and show the summary",
		Long: "Make a synthetic borough, run the pipeline on it and show the summary.\n\n" +
			"The borough is as untidy as life, so some rows go into quarantine on purpose. The demo exits with 0; careshare run would exit with 3.",
		Example: "  careshare demo\n  careshare demo --people 280 --to /tmp/demo",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), options, to, verbose) },
	}
	cmd.Flags().IntVar(&options.People, "people", 2800, "how many people the case store knows")
	cmd.Flags().Uint64Var(&options.Seed, "seed", 1, "same seed, same borough")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "print every count: each dataset's rows and each warning")
	cmd.Flags().StringVar(&to, "to", "demo", "the folder for sources, configuration and lake")
	return cmd
}

// WriteDemoKey makes the demo a key of its own, which stays as it is when the demo is made again.
func WriteDemoKey(folder string) error {
	line, err := lake.NewPseudonymKey("demo-1", rand.Reader)
	if err != nil {
		return err
	}
	return disk.WriteNew(filepath.Join(folder, "bi.key"), strings.NewReader(line))
}

// demo is init, borough and run in one folder, as of the borough's own day.
func (p *program) demo(ctx context.Context, options borough.Options, to string, verbose bool) error {
	options.To = filepath.Join(to, "sources")
	p.Step("make the borough")
	if err := borough.Make(ctx, options); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	p.configPath = filepath.Join(to, "careshare.yaml")
	if _, err := config.Read(p.configPath); err != nil { // the first time
		if _, err := config.WriteTemplates(to); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if err := WriteDemoKey(filepath.Join(to, "keys")); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	err := p.runAndPrint(ctx, runOptions{asAt: options.AsAt, verbose: verbose})
	if errors.Is(err, exit.ErrQuarantined) {
		fmt.Fprintln(p.Stderr, "The demo has unreadable rows on purpose: it exits with 0; careshare run would exit with 3.")
		return nil
	}
	return err
}
