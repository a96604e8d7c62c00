package borough

import "time"

// lineBreaker is a store whose files can hold a line that is no row.
type lineBreaker interface {
	breakLine(table string, fields ...string) error
}

// faults adds rows that must be quarantined, beside the person's own: no truth hangs on them. They come at fixed places,
// so that a small borough has few of them.
func (m *mosaic) faults(l *life) {
	at := m.now.AddDate(0, 0, -40)
	switch place := int(l.personID - firstPersonID); place % 400 {
	case 50:
		m.row("dm_workflow_steps", 700_000+m.next("dm_workflow_steps"), int64(adviceGiven), nil, "COMPLETED", at, at, at, nil, nil, nil, "N", "N", "N", nil, nil, nil, "N", nil, nil)
	case 150:
		m.row("dm_workflow_steps", 700_000+m.next("dm_workflow_steps"), int64(adviceGiven), 300_000+m.next("dm_subgroup_subjects"), nil, at, at, at, nil, nil, nil, "N", "N", "N", nil, nil, nil, "N", nil, nil)
	case 200:
		m.row("dm_cached_form_answers", int64(1), nil, m.next("dm_cached_form_answers"), mapping("views_of_person"), nil, nil, "nothing was asked", nil)
	case 250:
		m.address(nil, at, time.Time{}, m.former(), "E17 1AA", false)
	case 350:
		m.telephone(nil, "07700 900000", "Home")
	case 390:
		m.brokenLine("dm_addresses", "900000", "1400000")
	case 395:
		m.brokenLine("dm_visits", "900000", "1000001", "Home", "2026-01-01 09:00:00", "", "", "", "", "", "", "", "one too many")
	}
}

func (m *mosaic) brokenLine(table string, fields ...string) {
	if files, ok := m.store.(lineBreaker); ok && m.err == nil {
		m.err = files.breakLine(table, fields...)
	}
}
