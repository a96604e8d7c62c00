package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/signal"
	"syscall"
	"time"

	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"

	"github.com/spf13/cobra"
)

// program is one command line being carried out.
type program struct {
	console.Console
	stdin  io.Reader
	stdout *checkedWriter

	configPath string
	asJSON     bool
	started    bool // a command was found and its arguments fit; what fails before is wrong usage
}

// Run runs one command line by a clock and returns its exit code. Results go to stdout, everything else to stderr.
func Run(ctx context.Context, now func() time.Time, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	syscall.Umask(0o077) // nothing that a library creates on the way may be read by others
	out := &checkedWriter{to: stdout}
	p := &program{stdin: stdin, stdout: out, Console: console.Console{Stderr: stderr, Now: now, Started: now()}}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && !p.started {
		err = exit.Usage(withHelp(err))
	}
	if err == nil && out.err != nil {
		err = fmt.Errorf("print result: %w", out.err)
	}
	return exit.Report(ctx, p.Stderr, err)
}

// Root is every command with its help, for man pages.
func Root() *cobra.Command { return new(program).root() }

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "careshare",
		Example:       "  careshare demo\n  careshare init --to council\n  careshare check --config council/careshare.yaml",
		Short:         "Publish what health and social care may know of a person, and why",
		Long:          "Publish what health and social care may know of a person, and why.\n\n" + exit.Codes,
		Version:       flow.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true // careshare completion bash
	flags := root.PersistentFlags()
	flags.StringVarP(&p.configPath, "config", "c", "careshare.yaml", "the configuration")
	flags.BoolVar(&p.asJSON, "json", false, "print the result as JSON")
	flags.BoolVar(&p.Progress, "progress", false, "print each step to stderr even if it is not a terminal")
	root.PersistentPreRun = func(*cobra.Command, []string) { p.started = true }
	root.AddCommand(
		p.demoCommand(),
		p.boroughCommand(),
		p.initCommand(),
		p.checkCommand(),
		p.profileCommand(),
		p.planCommand(),
		p.runCommand(),
		p.statusCommand(),
		p.verifyCommand(),
		p.explainCommand(),
		p.withholdCommand(),
		p.reviewCommand(),
		p.pruneCommand(),
		p.datasetsCommand(),
		p.reportCommand(),
		p.returnCommand(),
		p.proveCommand(),
		p.fetchCommand(),
		p.flattenCommand(),
		p.viewsCommand(),
		p.rulesCommand(),
		p.testCommand(),
		p.linkCommand(),
		p.scheduleCommand(),
		p.deliverCommand(),
		p.witnessCommand(),
		p.meshCommand(),
		p.pdsCommand(),
	)
	explainUsage(root)
	return root
}

// print writes a result to stdout: as text, or as JSON.
func (p *program) print(r console.Result) error {
	if !p.asJSON {
		r.Text(p.stdout)
		return nil // Run reports what could not be written
	}
	encoder := json.NewEncoder(p.stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	return nil
}

// checkedWriter remembers the first error: a result that was printed in part has failed.
type checkedWriter struct {
	to  io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	var n int
	n, c.err = c.to.Write(p)
	return n, c.err
}
