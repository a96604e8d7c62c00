package command

import (
	"careshare/extract/mesh/mailbox"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exchange"
	"careshare/pipeline/exit"
	"careshare/pipeline/flow"

	"github.com/spf13/cobra"
)

func (p *program) meshCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "mesh",
		Example: "  careshare mesh receive\n  careshare mesh status",
		Short:   "Send and receive files through the council's MESH mailbox",
		Long: "Send and receive files through the council's MESH mailbox.\n\n" +
			"A received message is acknowledged after its file and its record are on disk. A file is sent once, whatever its name.\n" +
			"Failures have an owner, and stay open until somebody resolves them.\n\n" + exit.Codes,
	}
	cmd.AddCommand(
		p.meshDo("send", "Send every file of the exchanges' outboxes that was not sent before", exchange.Send),
		p.meshDo("receive", "Take every message that waits, and ask what became of the messages that were sent", exchange.Receive),
		p.meshDo("status", "Show what waits, what is on its way, and every open failure, without asking MESH", exchange.Status),
		p.meshResolve(),
	)
	return cmd
}

// meshDo is a subcommand without arguments.
func (p *program) meshDo(name, short string, do exchange.Work) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs, Example: "  careshare mesh " + name,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inMailbox(func(box *mailbox.Mailbox) (console.Result, error) { return do(cmd.Context(), box) })
		},
	}
}

func (p *program) meshResolve() *cobra.Command {
	var note string
	var again bool
	cmd := &cobra.Command{
		Use: "resolve ID", Short: "Close a failure with a note, or send its file once more", Args: cobra.ExactArgs(1),
		Example: "  careshare mesh resolve trace-5d41402abc4b2a76b9719d911017c592ae2f1c7e --again\n" +
			"  careshare mesh resolve 20261101T070000123456_A1B2C3 --note 'sent to the wrong council, deleted'",
		RunE: func(_ *cobra.Command, args []string) error {
			return p.inMailbox(func(box *mailbox.Mailbox) (console.Result, error) {
				if again {
					return exchange.Resolved{ID: args[0]}, box.Again(args[0])
				}
				return exchange.Resolved{ID: args[0]}, box.Resolve(args[0], note)
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "what was done, in a few words that name nobody")
	cmd.Flags().BoolVar(&again, "again", false, "the next careshare mesh send sends the file once more")
	return cmd
}

// inMailbox opens the configured mailbox, and prints what was done there even where some of it failed.
func (p *program) inMailbox(do func(*mailbox.Mailbox) (console.Result, error)) error {
	config, err := config.Read(p.configPath)
	if err != nil {
		return err
	}
	box, client, err := config.Mesh.Open(flow.Version, p.Now)
	if err != nil {
		return err
	}
	defer client.Close()
	result, err := do(box)
	if result != nil && (err == nil || exchange.IsPart(result)) {
		if printed := p.print(result); printed != nil {
			return printed
		}
	}
	return err
}
