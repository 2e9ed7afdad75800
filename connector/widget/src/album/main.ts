import "../embed/main";
