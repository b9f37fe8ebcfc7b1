somebody = شخص ما
role-owner = مالك
role-moderator = مشرف
role-leader = قائد

open-title = دعوة من { $person } إلى { $group }
open-roles = دورك في المجموعة: { $roles }.
open-until = صالحة حتى { $date } (بالتوقيت العالمي).
note-by = رسالة من { $person }:
about = عن المجموعة
accept = قبول
accept-as = قبول باسم { $name }
decline = رفض

enrol-title = القبول وفتح حساب
enrol-text = بكلمة المرور والعنوان الذي أُرسلت إليه هذه الدعوة يمكنك تسجيل الدخول لاحقًا.
enrol-button = قبول وانضمام
name-label = اسمك
password-label = كلمة مرور من اختيارك
password-hint = عشرة أحرف على الأقل.

other-title = لدي حساب بعنوان آخر
other-text = اكتب عنوان ذلك الحساب، فتُرسل إليه رسالة فيها رابط لقبول الدعوة به.
other-label = البريد الإلكتروني للحساب
other-button = إرسال الرابط
other-sent-title = انظر في بريدك
other-sent-text = إن وُجد حساب بهذا العنوان فقد أُرسلت إليه رسالة فيها رابط. الرابط صالح لنصف ساعة.

never-title = إيقاف الدعوات
never-text = لن يُبلَّغ أحد، ويمكنك التراجع من هنا.
never-group = لا مزيد من { $group }
never-person = لا مزيد من { $person }
never-everyone = لا مزيد من أي أحد
refusing-title = لن تصلك دعوات كهذه
refusing-text = رُفضت الدعوات اللاحقة، ولم يُبلَّغ أحد بذلك.
allow = السماح بها من جديد

member-title = عضويتك في { $group } قائمة
member-text = أهلًا وسهلًا! لا حاجة إلى أي إجراء آخر.
waiting-title = اسمك في قائمة انتظار { $group }
waiting-text = لا مكان شاغرًا الآن. ما إن يتوفر مكان حتى تبدأ عضويتك وتصلك رسالة.
declined-title = رُفضت الدعوة
declined-text = إن غيّرت رأيك فاطلب دعوة جديدة من { $person }.
expired-title = انتهت صلاحية هذه الدعوة
expired-text = اطلب دعوة جديدة من { $person }.
revoked-title = سُحبت هذه الدعوة
revoked-text = إن بدا لك ذلك خطأً فاسأل { $person }.
used-title = استُخدمت هذه الدعوة من قبل
used-text = إن أردت الانضمام من جديد فاطلب دعوة من { $person }.
closed-title = لا تقبل { $group } أحدًا الآن
closed-text = اسأل { $person }، أو حاول لاحقًا.
full-title = { $group } وقائمة انتظارها ممتلئتان
full-text = اسأل { $person }، أو حاول لاحقًا.
mismatch-title = هذه الدعوة لعنوان آخر
mismatch-text = لا تقبل المجموعة إلا الحساب صاحب العنوان المدعو.
stale-title = هذا الرابط صالح لنصف ساعة فقط
stale-text = افتح الرسالة الأولى من جديد واطلب منها رابطًا آخر.
wrong-title = لا توجد دعوة كهذه
wrong-text = ربما كان العنوان ناقصًا. افتح الرابط من الرسالة مرة أخرى.
busy-title = لم ينجح ذلك
busy-text = حاول مرة أخرى بعد قليل.
often-title = هذا يكفي الآن
often-text = انتظر ساعة قبل طلب رابط آخر.

error-title = يُرجى مراجعة ما يلي
error-name = اكتب اسمك: من حرف واحد إلى 120 حرفًا.
error-password = اختر كلمة مرور من عشرة أحرف على الأقل.
error-address = اكتب عنوان بريد إلكتروني، مثل name@example.org.

back = العودة إلى الدعوة
languages = اللغة
unsubscribed = لن تصلك دعوات بعد الآن.
