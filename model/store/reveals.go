package store

import "jinlin/model"

// Reveals are the looks of staff at what is masked. They are only ever added, and read in
// the export of whom they are about.
type Reveals struct{ table[model.Reveal] }
