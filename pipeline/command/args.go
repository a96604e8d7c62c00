package command

import (
	"fmt"
	"slices"
	"strings"

	"careshare/load/fault"
	"careshare/sql/shown"

	"github.com/spf13/cobra"
)

// named is what somebody typed, where it cannot be a person's: what is not written like a key or a short number is left out.
func named(text string) string {
	if shown.Key(text) == text || len(text) <= 4 && strings.Trim(text, "0123456789") == "" {
		return " " + text
	}
	return " of that name"
}

// knownName is an argument that must be one of those names.
func knownName(what string, names []string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if !slices.Contains(names, args[0]) {
			return fault.WithHint(fmt.Errorf("there is no %s%s", what, named(args[0])), "the "+what+"s are "+strings.Join(names, ", "))
		}
		return nil
	}
}
