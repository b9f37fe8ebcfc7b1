somebody = Seseorang
role-owner = pemilik
role-moderator = moderator
role-leader = pemimpin

open-title = { $person } mengundang Anda ke { $group }
open-roles = Peran Anda di sana: { $roles }.
open-until = Berlaku sampai { $date } (UTC).
note-by = { $person } menulis:
about = Tentang grup ini
accept = Terima
accept-as = Terima sebagai { $name }
decline = Tolak

enrol-title = Terima dan buka akun
enrol-text = Dengan kata sandi ini dan alamat tujuan undangan ini, Anda dapat masuk nanti.
enrol-button = Terima dan bergabung
name-label = Nama Anda
password-label = Pilih kata sandi
password-hint = Paling sedikit 10 karakter.

other-title = Saya punya akun dengan alamat lain
other-text = Tulis alamat akun itu. Surel berisi tautan untuk menerima undangan dengan akun tersebut akan dikirim ke sana.
other-label = Alamat surel akun
other-button = Kirim tautan
other-sent-title = Periksa surel Anda
other-sent-text = Jika ada akun dengan alamat ini, surel berisi tautan sedang dikirim. Tautan berlaku setengah jam.

never-title = Tidak ada undangan lagi
never-text = Tidak ada yang diberi tahu. Anda dapat membatalkannya di sini.
never-group = Jangan lagi dari { $group }
never-person = Jangan lagi dari { $person }
never-everyone = Jangan lagi dari siapa pun
refusing-title = Anda tidak menerima undangan seperti ini lagi
refusing-text = Anda telah menolak undangan berikutnya. Tidak ada yang diberi tahu.
allow = Izinkan lagi

member-title = Anda anggota { $group }
member-text = Selamat datang! Anda tidak perlu melakukan apa pun lagi.
waiting-title = Anda ada di daftar tunggu { $group }
waiting-text = Saat ini belum ada tempat. Begitu ada, Anda menjadi anggota dan menerima surel.
declined-title = Anda telah menolak undangan ini
declined-text = Jika Anda berubah pikiran, mintalah { $person } mengundang Anda lagi.
expired-title = Undangan ini sudah berakhir
expired-text = Mintalah { $person } mengundang Anda lagi.
revoked-title = Undangan ini telah ditarik
revoked-text = Jika menurut Anda ini keliru, tanyakan kepada { $person }.
used-title = Undangan ini sudah dipakai
used-text = Jika Anda ingin bergabung lagi, mintalah { $person } mengundang Anda.
closed-title = { $group } saat ini tidak menerima siapa pun
closed-text = Tanyakan kepada { $person }, atau coba lagi nanti.
full-title = { $group } dan daftar tunggunya penuh
full-text = Tanyakan kepada { $person }, atau coba lagi nanti.
mismatch-title = Undangan ini untuk alamat lain
mismatch-text = Grup ini hanya menerima akun yang memiliki alamat yang diundang.
stale-title = Tautan ini hanya berlaku setengah jam
stale-text = Buka lagi surel pertama, dan mintalah tautan baru di sana.
wrong-title = Tidak ada undangan seperti ini
wrong-text = Mungkin alamatnya tidak lengkap. Buka sekali lagi tautan di surel.
busy-title = Ini tidak berhasil
busy-text = Silakan coba lagi sebentar lagi.
often-title = Untuk sementara cukup
often-text = Tunggulah satu jam sebelum meminta tautan lain.

error-title = Silakan periksa ini lagi
error-name = Tulis nama Anda: 1 sampai 120 karakter.
error-password = Pilih kata sandi paling sedikit 10 karakter.
error-address = Tulis alamat surel, misalnya nama@example.org.

back = Kembali ke undangan
languages = Bahasa
unsubscribed = Anda tidak menerima undangan lagi.
