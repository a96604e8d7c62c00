package reporting

import (
	"context"
	"fmt"
	"html"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/snapshot"
	"careshare/reports"
	"careshare/sql"
)

// IndexName is each audience's front page in its folder of reports.
const IndexName = "index.html"

// portal is one front page: who reads it, the folders of reports that they may open, and what needs their attention. A query
// gives lines from datasets of the audience alone; numbers of people only from published figures.
type portal struct {
	folder, audience, title, marking string
	attention                        string // a query of one text a row, from a dataset
	from                             string // that dataset
}

// portals are the front pages. A folder of reports has the rights of its audience, so a page links only within it and to the
// datasets of that audience.
func portals() []portal {
	const official = "OFFICIAL."
	const sensitive = "OFFICIAL-SENSITIVE."
	summary := `select title || ': ' || coalesce(value::varchar, 'too few to show') || coalesce(' of ' || out_of::varchar, '') || coalesce(', ' || team, '')
		from pack_summary where period = 'month' and part = 'action' and team is null order by position`
	return []portal{
		{"managers-pack", config.BIAudience, "For managers", official, summary, "pack_summary"},
		{config.BIAudience, config.BIAudience, "For analysts (BI)", official, summary, "pack_summary"},
		{snapshot.AuditName, "audit", "For auditors", sensitive,
			`select 'Matters for review: ' || count(*) from matters_for_review having count(*) > 0`, "matters_for_review"},
		{CPISName, "cpis", "For CP-IS custodians and those who run CP-IS", sensitive,
			`select count(*) filter (where is_past_due) || ' of ' || count(*) || ' open follow-ups are overdue' from cpis_follow_ups where state <> 'closed' having count(*) > 0`,
			"cpis_follow_ups"},
		{DirectCare, DirectCare, "For health and social care workers", sensitive,
			`select 'People whose visits could be combined: ' || count(distinct nhs_number) from visits_same_afternoon having count(*) > 0`, "visits_same_afternoon"},
		{"returns", "returns", "For statutory returns", sensitive,
			`select return_name || ' ' || collection_year || ': ' || count(*) || ' findings to look at' from return_findings where severity = 'error' group by return_name, collection_year order by 1`,
			"return_findings"},
	}
}

// MakeIndexes writes the front page of each audience that has reports or datasets in the snapshot, when all reports are made; of
// some folders alone, where they are named.
func MakeIndexes(ctx context.Context, c config.Config, from lake.Snapshot, manifest lake.Manifest, to string, only ...string) error {
	db, err := snapshot.Open(ctx, c, from, manifest)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, p := range portals() {
		if len(only) > 0 && !slices.Contains(only, p.folder) {
			continue
		}
		source := snapshot.Source{DB: db, Manifest: manifest, To: filepath.Join(to, p.folder), Config: c}
		page, err := p.page(ctx, source)
		if err != nil {
			return fmt.Errorf("make the front page of %s: %w", p.folder, err)
		}
		if len(page.Sections) == 0 {
			continue
		}
		if err := source.Write(IndexName, page.WritePage); err != nil {
			return err
		}
	}
	return nil
}

func (p portal) page(ctx context.Context, from snapshot.Source) (reports.Worklist, error) {
	page := reports.Worklist{About: from.About("", p.title), Council: from.Config.CPIS.AuthorityName, Marking: p.marking}
	files, err := p.files(from.To)
	if err != nil {
		return page, err
	}
	datasets := p.datasets(from.Manifest)
	if len(files)+len(datasets) == 0 {
		return page, nil
	}
	attention, err := p.lines(ctx, from, p.from, p.attention)
	if err != nil {
		return page, err
	}
	if len(attention) == 0 {
		attention = []reports.WorkItem{{Title: "Nothing that this snapshot counts."}}
	}
	sources, err := p.sources(ctx, from)
	if err != nil {
		return page, err
	}
	for _, s := range []reports.WorkSection{
		{Title: "What needs attention", Short: true, Items: attention},
		{Title: "Reports", Short: true, Thrice: len(files) > 8, Items: files},
		{Title: "How old each source is", Short: true, Thrice: true, Items: sources},
		{Title: "Datasets", Short: true, Twice: true, Items: datasets},
	} {
		if len(s.Items) > 0 {
			page.Sections = append(page.Sections, s)
		}
	}
	return page, nil
}

// lines are a query's texts, of a dataset that the agreement publishes to the audience.
func (p portal) lines(ctx context.Context, from snapshot.Source, dataset, query string) (items []reports.WorkItem, err error) {
	if !slices.ContainsFunc(from.Manifest.Datasets, func(d lake.Disclosure) bool { return d.Dataset == dataset && d.Audience == p.audience }) {
		return nil, nil
	}
	for row, err := range sql.Texts(ctx, from.DB, query) {
		if err != nil {
			return nil, err
		}
		items = append(items, reports.WorkItem{Title: strings.Clone(row[0])})
	}
	return items, nil
}

// sources are the ages of the sources, from the published figures. They are about nobody, so every audience may see them.
func (p portal) sources(ctx context.Context, from snapshot.Source) ([]reports.WorkItem, error) {
	return portal{audience: config.BIAudience}.lines(ctx, from, "figures", `select category || ': newest record ' || value || case when value = 1 then ' day old' else ' days old' end
		from figures where figure = 'source_freshness' and value is not null order by value desc, category`)
}

// files are the audience's reports: pages and workbooks first.
func (p portal) files(folder string) (items []reports.WorkItem, err error) {
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Explain("read reports", err)
	}
	var others []reports.WorkItem
	for _, entry := range entries {
		name := entry.Name()
		item := reports.WorkItem{Title: name, Link: name}
		switch {
		case name == IndexName:
		case entry.IsDir():
			item.Title, item.Link = name+" (folder)", name+"/"
			others = append(others, item)
		case path.Ext(name) == ".html" || path.Ext(name) == ".xlsx":
			item.Title = titleOf(folder, name)
			items = append(items, item)
		default:
			others = append(others, item)
		}
	}
	slices.SortStableFunc(items, func(a, b reports.WorkItem) int { // the lists of single custodians last
		isOne := func(i reports.WorkItem) int { return strings.Index("x"+i.Link, "custodian-") }
		return isOne(a) - isOne(b)
	})
	return append(items, others...), nil
}

var pageTitle = regexp.MustCompile(`<title>([^<]+)</title>`)

// titleOf is a page's title, also for the workbook beside it; else the file's name.
func titleOf(folder, name string) string {
	base := strings.TrimSuffix(name, path.Ext(name))
	text, err := os.ReadFile(filepath.Join(folder, base+".html"))
	found := pageTitle.FindSubmatch(text[:min(len(text), 4096)])
	if err != nil || found == nil {
		return name
	}
	title := html.UnescapeString(string(found[1]))
	_, first := utf8.DecodeRuneInString(title)
	title = strings.ToUpper(title[:first]) + title[first:]
	if path.Ext(name) == ".xlsx" {
		title += " (workbook)"
	}
	return title
}

// datasets are those of the audience, with their rows and purpose.
func (p portal) datasets(m lake.Manifest) (items []reports.WorkItem) {
	for _, d := range m.Datasets {
		if d.Audience == p.audience {
			items = append(items, reports.WorkItem{
				Title: d.Dataset, Link: "../../" + path.Dir(d.Path) + "/", Lines: []string{"(" + reports.Counted(d.Rows, "row") + "): " + d.Purpose},
			})
		}
	}
	slices.SortFunc(items, func(a, b reports.WorkItem) int { return strings.Compare(a.Title, b.Title) })
	return items
}
