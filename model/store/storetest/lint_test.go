package storetest

import "testing"

func TestTheSQLLintBites(t *testing.T) {
	t.Parallel()
	for statement, wrong := range map[string]bool{
		"INSERT INTO `users` (`id`) VALUES (?) RETURNING `id`":                             true,
		"SELECT * FROM jobs FOR UPDATE SKIP LOCKED":                                        true,
		"SELECT GET_LOCK('leader', 1)":                                                     true,
		"UPDATE `goods` SET `stock`=? WHERE id = ?":                                        true,
		"UPDATE `accounts` SET `updated_at`=?,`balance`=7 WHERE id = ?":                    true,
		"UPDATE `goods` SET `stock`=stock - ? WHERE id = ? AND stock >= ?":                 false,
		"UPDATE `accounts` SET `balance`=balance + ?,`updated_at`=? WHERE id = ?":          false,
		"SELECT * FROM `goods` WHERE stock = ?":                                            false,
		"INSERT INTO `goods` (`stock`) VALUES (?) ON DUPLICATE KEY UPDATE `id`=`id`":       false,
		"UPDATE `jobs` SET `owner`=?,`lease_until`=TIMESTAMPADD(MICROSECOND, ?, NOW(3)) W": false,
	} {
		if got := violation(statement); (got != "") != wrong {
			t.Errorf("%q: %q", statement, got)
		}
	}
}
