package pipeline

import (
	"github.com/spf13/cobra"
)

func (p *program) viewsVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "views [NAME | FILE.json]",
		Short: "List the views over health extracts, or check one and show its columns and its SQL",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				view, err := openView(p.rules, args[0])
				if err != nil {
					return err
				}
				return p.print(views{[]viewShown{show(view)}, true})
			}
			decides, err := p.rules()
			if err != nil {
				return err
			}
			shipped, err := readViews(decides)
			if err != nil {
				return err
			}
			var list views
			for _, view := range shipped {
				list.Views = append(list.Views, show(view))
			}
			return p.print(list)
		},
	}
}
