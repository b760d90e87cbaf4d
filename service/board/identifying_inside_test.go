package board

import (
	"slices"
	"testing"
)

func TestWhatTellsWhoSomebodyIsIsFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"请打13912345678":          "phone_number",
		"请打139 1234 5678":        "phone_number",
		"请打１３９－１２３４－５６７８":        "phone_number",
		"幺三九一二三四五六七八":            "phone_number",
		"电话0355-3012345":         "phone_number",
		"+8613912345678":         "long_number",
		"微信号 3012345":            "long_number",
		"身份证140502199001011234":  "id_number",
		"14050219900101123x 是他的": "id_number",
		"3号楼2单元302室":             "door_number",
		"三号楼二单元三〇二":              "door_number",
		"住302室":                  "door_number",
		"住3 0 2 室":               "door_number",
		"302 业主反映":               "door_number",
		"3-2-302的邻居":             "door_number",
		"5栋1203":                 "door_number",
		"三百零二室":                  "door_number",
		"晋A·12345 占道":            "number_plate",
		"晋AD12345 占道":            "number_plate",
		"发到zhang@example.com":    "mail_address",
		"1\u200b3912345678":      "phone_number",
		"请联系1️⃣3️⃣9️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣0️⃣1️⃣": "phone_number",
		"请联系๑๓๙๐๐๐๐๐๐๐๑":                       "phone_number",
		"请联系١٣٩٠٠٠٠٠٠٠١":                       "phone_number",
		"请联系¹³⁹⁰⁰⁰⁰⁰⁰⁰¹":                       "phone_number",
		"请联系𝟏𝟑𝟗𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟏":                       "phone_number",
		"请联系139=0000=0001":                     "phone_number",
		"请联系139／0000／0001":                     "phone_number",
		"请联系①③⑨⓪⓪⓪⓪⓪⓪⓪①":                       "phone_number",
		"加微信wang_1234":                         "account_name",
		"微信号：Wang-1234":                        "account_name",
		"加VX wang1234":                         "account_name",
		"VX wang1234":                          "account_name",
		"wx：wang_1234 看图":                      "account_name",
		"详情见\nvx:wang1234":                     "account_name",
		"加V wang1234":                          "account_name",
		"+v：wang1234":                          "account_name",
		"加薇信wang1234":                          "account_name",
		"威信 wang-1234":                         "account_name",
		"微：wang1234":                           "account_name",
		"加微wang1234":                           "account_name",
		"微 信 ID：wang1234":                      "account_name",
	} {
		found := identifying(text)
		if !slices.ContainsFunc(found, func(g giveaway) bool { return g.code == want }) {
			t.Errorf("%s: %+v", text, found)
		}
	}
}

func TestWhatTellsNothingPasses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"3号楼楼道灯不亮，夜里出行不便。", "2026年11月23日10:30已换新灯", "2026-11-23 前完成", "约120户受到影响", "三室两厅的户型漏水", "全小区12栋楼", "二单元门禁坏了",
		"每天 08:00-10:00 停水", "需要 15000 元维修资金", "100 多名居民联名", "垃圾桶在2号门旁", "",
		"1、3、5、7、9、11、13、15号楼都停水", "每天15:00-17:00，109户", "在微信群里说过，也在微信小程序里报过", "QQ群里通知了",
		"已加微信群", "微电影《Springtime》在广场放映", "微型消防站缺灭火器", "社区干部的威信", "加VIP通道", "加V形槽", "HVX-2000型电梯", "vx群里说过",
		"小微：Springtime 是店名", "微信小程序 Jinlin 打不开",
	} {
		if found := identifying(text); len(found) > 0 {
			t.Errorf("%s: %s", text, found[0].code)
		}
	}
}

func FuzzIdentifying(f *testing.F) {
	f.Add("请打139 1234 5678", "3号楼")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before) > 0 && before[len(before)-1] >= '0' && before[len(before)-1] <= '9' || len(after) > 0 && after[0] >= '0' && after[0] <= '9' {
			return // another number
		}
		if len(identifying(before+" 13912345678 "+after)) == 0 {
			t.Errorf("a number between %q and %q is not found", before, after)
		}
	})
}
