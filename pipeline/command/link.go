package command

import (
	"careshare/pipeline/linking"

	"github.com/spf13/cobra"
)

func (p *program) linkCommand() *cobra.Command {
	var o linking.Options
	cmd := &cobra.Command{
		Use:     "link --left A [--right B] --map MAP",
		Example: "  careshare link --left a.csv --right b.csv --id rec_id --map 'forename|given=given,surname=family,dob=date'",
		Short:   "Find the records of one person, in two files or within one, and say why",
		Long: `Find the records of one person in two files (CSV or Parquet), or within one, and say why.

MAP says which column holds what, as COLUMN=KIND,... or as a YAML file with the keys id, truth, truth_pattern and fields
(a list of COLUMN: KIND). KIND is given, family, name, date, postcode, identifier, text or sex. LEFT|RIGHT names a column that is called
otherwise on the right; A+B takes two columns as one (several given names, several postcodes).

  careshare link --left a.csv --right b.csv --id rec_id --map 'forename|given=given,surname=family,dob=date,postcode=postcode'

Weights are log2 of the odds that two records are one person's. Parameters are learned from the two files; nothing is chosen by the labels.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.IsThreshold, o.IsMargin = cmd.Flags().Changed("threshold"), cmd.Flags().Changed("margin")
			o.IsReview, o.IsFalseLinks = cmd.Flags().Changed("review"), cmd.Flags().Changed("false-links")
			l, err := linking.Link(cmd.Context(), o)
			if err != nil {
				return err
			}
			return p.print(l)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Left, "left", "", "CSV or Parquet file")
	flags.StringVar(&o.Right, "right", "", "the other file; without it the left one is deduplicated")
	flags.StringVar(&o.Mapping, "map", "", "which column holds what: COLUMN=KIND,... or a YAML file")
	flags.StringVar(&o.ID, "id", "", "column that names a record; its line without one")
	flags.StringVar(&o.Truth, "truth", "", "column that names the person, to measure by")
	flags.StringVar(&o.TruthPattern, "truth-pattern", "", "regular expression whose first group, taken from the --truth column, names the person")
	flags.Float64Var(&o.FalseLinks, "false-links", 0, "share of false links to expect among the accepted pairs (0.02 between two files, 0.05 within one); the threshold follows")
	flags.Float64Var(&o.Threshold, "threshold", 0, "bits from which a pair is accepted, in place of --false-links")
	flags.Float64Var(&o.Margin, "margin", 0, "bits that an accepted pair is ahead of the next candidate (5; two files only)")
	flags.Float64Var(&o.Review, "review", 0, "bits from which a pair is for review (-3)")
	flags.StringVar(&o.Pairs, "pairs", "", "file for the pairs, .parquet or .csv")
	flags.StringVar(&o.Clusters, "clusters", "", "file for the clusters, .parquet or .csv")
	flags.StringVar(&o.Decisions, "decisions", "", "file with the columns left_id, right_id and decision (accept or reject): a person's decision outranks the weights")
	flags.StringVar(&o.Explain, "explain", "", "LEFT_ID,RIGHT_ID: show how the weight of this pair came about")
	flags.StringVar(&o.Memory, "memory", "2GB", "the most that the engine holds")
	return cmd
}
