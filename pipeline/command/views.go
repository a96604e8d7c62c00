package command

import (
	"careshare/pipeline/views"

	"github.com/spf13/cobra"
)

func (p *program) viewsCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "views [NAME | FILE.json]",
		Example: "  careshare views\n  careshare views patient",
		Short:   "List the views over health extracts, or check one and show its columns and its SQL",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				view, err := views.OpenView(p.rules, args[0])
				if err != nil {
					return err
				}
				return p.print(views.Views{Views: []views.ViewShown{views.Show(view)}, One: true})
			}
			decides, err := p.rules()
			if err != nil {
				return err
			}
			shipped, err := views.ReadViews(decides)
			if err != nil {
				return err
			}
			var list views.Views
			for _, view := range shipped {
				list.Views = append(list.Views, views.Show(view))
			}
			return p.print(list)
		},
	}
}
