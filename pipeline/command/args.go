package command

import (
	"fmt"
	"slices"
	"strings"

	"careshare/load/fault"
	"careshare/sql/shown"

	"github.com/spf13/cobra"
)

// knownName is an argument that must be one of those names.
func knownName(what string, names []string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if !slices.Contains(names, args[0]) {
			return fault.WithHint(fmt.Errorf("there is no %s %s", what, shown.Key(args[0])), "the "+what+"s are "+strings.Join(names, ", "))
		}
		return nil
	}
}
