package command

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"careshare/load/fault"
	"careshare/pipeline/exit"

	"github.com/spf13/cobra"
)

// explainUsage has every command say in plain words what is wrong with its arguments, with its usage as the hint. A command
// that only groups others refuses an unknown one.
func explainUsage(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(explainFlag)
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return explainArguments(cmd, args, check(cmd, args)) }
	}
	if cmd.HasSubCommands() && !cmd.Runnable() && cmd.HasParent() {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exit.Usage(fault.WithHint(fmt.Errorf("%s: unknown command", path(cmd)), "its commands are "+strings.Join(names(cmd), ", ")))
			}
			return cmd.Help()
		}
	}
	for _, child := range cmd.Commands() {
		explainUsage(child)
	}
}

var libraryWords = regexp.MustCompile(`^(accepts|requires) |^unknown command .* for "careshare `)

// explainArguments puts what the library says about the number of arguments into plain words.
func explainArguments(cmd *cobra.Command, args []string, err error) error {
	if err == nil || !libraryWords.MatchString(err.Error()) {
		return err
	}
	wanted := requiredArguments(cmd.Use)
	switch {
	case len(args) < len(wanted):
		return withUsage(cmd, fmt.Errorf("%s: %s is missing", path(cmd), wanted[len(args)]))
	case len(wanted) == 0 && !strings.Contains(cmd.Use, "["):
		return withUsage(cmd, fmt.Errorf("%s takes no arguments", path(cmd)))
	}
	return withUsage(cmd, fmt.Errorf("%s: too many arguments", path(cmd)))
}

// requiredArguments are the names in capitals between a command's name and its first option.
func requiredArguments(use string) (names []string) {
	for _, word := range strings.Fields(use)[1:] {
		if word != strings.ToUpper(word) || strings.ContainsAny(word[:1], "[-|") {
			break
		}
		names = append(names, strings.TrimSuffix(word, "..."))
	}
	return names
}

var badValue = regexp.MustCompile(`^invalid argument .* for "(.*)" flag: (?:strconv\.Parse(\w+)|time)?`)

// explainFlag says of a flag which kind of value it takes, and does not repeat the value.
func explainFlag(cmd *cobra.Command, err error) error {
	found := badValue.FindStringSubmatch(err.Error())
	if found == nil {
		return withUsage(cmd, err)
	}
	flag := found[1][strings.LastIndex(found[1], "-")+1:]
	if _, long, isLong := strings.Cut(found[1], "--"); isLong {
		flag = long
	}
	kind, known := map[string]string{"Int": "a whole number", "Uint": "a whole number", "Float": "a number", "Bool": "true or false"}[found[2]]
	if !known {
		kind = "a time such as 26h or 90m"
	}
	return withUsage(cmd, fmt.Errorf("--%s: must be %s", flag, kind))
}

// path is a command's name as it is typed after careshare.
func path(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

func names(cmd *cobra.Command) (all []string) {
	for _, child := range cmd.Commands() {
		all = append(all, child.Name())
	}
	return all
}

func withUsage(cmd *cobra.Command, err error) error {
	if cmd.HasParent() {
		return fault.WithHint(err, "usage: "+cmd.UseLine())
	}
	return fault.WithHint(err, "careshare --help lists the commands")
}

// withHelp adds where the commands are listed to an unknown one.
func withHelp(err error) error {
	if known := (*fault.Fault)(nil); errors.As(err, &known) || !strings.HasPrefix(err.Error(), "unknown command") {
		return err
	}
	return fault.WithHint(errors.New(strings.TrimSpace(err.Error())), "careshare --help lists the commands")
}
