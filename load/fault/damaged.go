package fault

import "errors"

// ErrDamaged says that the lake is not as this program left it; nothing is changed until a person has looked.
var ErrDamaged = errors.New("lake is damaged")

// DamagedHint is the next step for a damaged lake.
const DamagedHint = "run careshare verify --read-data and restore the lake from its copy"

// Damaged is ErrDamaged with what is wrong.
func Damaged(message string) error {
	return Hinted(DamagedHint, "%s: %w", message, ErrDamaged)
}
